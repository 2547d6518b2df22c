NAME = 'answers'
