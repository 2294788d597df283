"""Files that people carry to a library system, whichever it is.

settings     what it has to be told
checks       what can be wrong with that
fields       what goes into a line, whatever the format
koc, alma, pending, table
             the formats (Symphony's is in kiosk.ils.symphony)
formats      all of them behind one face
folder       bytes into a folder, and out of it again
names        what a file is called
library      all of it, behind the face that delivery knows
"""
