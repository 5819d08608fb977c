"""Do the people who label agree, who does not, and what do they say together?"""
