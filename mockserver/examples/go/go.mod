module example.com/portrait

go 1.18
