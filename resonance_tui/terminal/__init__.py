"""How the program talks to a terminal: driver, answers, flow control, cells."""
