"""Frame: the detector frame of the event under the cursor."""
