NAME = 'framing'
