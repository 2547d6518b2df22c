// Pictures as Go's image/jpeg and image/png decode them; both are written anew, not on the C libraries.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"os"
)

func main() {
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
		config, _, err := image.DecodeConfig(bytes.NewReader(record))
		if err == nil && config.Width*config.Height > 4096*4096 {
			out.Encode(map[string]any{"skipped": "large"})
			continue
		}
		if err == nil {
			_, _, err = image.Decode(bytes.NewReader(record))
		}
		if err != nil {
			out.Encode(map[string]any{"refused": err.Error()})
		} else {
			out.Encode(map[string]any{"width": config.Width, "height": config.Height})
		}
	}
}
