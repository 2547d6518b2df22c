// What every adapter in Go does: a line of JSON for each record, which is a size and so many bytes.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
)

// answerAll prints what read finds in each record of standard input; an error is told as a refusal.
func answerAll(read func(record []byte) (map[string]any, error)) {
	in, out := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var size uint32
		if binary.Read(in, binary.BigEndian, &size) != nil {
			return
		}
		record := make([]byte, size)
		if _, err := io.ReadFull(in, record); err != nil {
			os.Exit(1)
		}
		answer, err := read(record)
		if err != nil {
			answer = map[string]any{"refused": err.Error()}
		}
		out.Encode(answer)
	}
}
