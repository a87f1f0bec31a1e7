"""The paper, checked: every claim of it with the evidence that decides it, run when asked.

Source: Lee, Rengarajan, Kalathil, Shakkottai, "Reinforcement Learning for Mean Field Games with
Strategic Complementarities", AISTATS 2021.
"""
