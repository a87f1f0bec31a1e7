"""What is run: a function for each piece of evidence; its parameters say what it rests on."""
