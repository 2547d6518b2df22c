NAME = 'pictures'
