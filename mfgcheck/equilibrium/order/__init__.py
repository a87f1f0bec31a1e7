"""Does a higher mean field lead to a higher next law? Verdicts, and the certified bracket."""
