// A test of your program with go test: a success, an error, a fault, and what arrived.
//
//	ailab-mock run -- go test ./...
//
// `ailab-mock run` starts the mock and sets AILAB_BASE_URL.
package portrait

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"testing"
)

type object map[string]any

func picture() string {
	if path := os.Getenv("PICTURE"); path != "" {
		return path
	}
	return "portrait.jpg"
}

// newKey returns a key of its own for each test: no other sees what is armed for it.
func newKey(t *testing.T) string {
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(random)
}

func admin(t *testing.T, path string, body object) (answer struct{ Count int }) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	url := os.Getenv("AILAB_BASE_URL") + "/__admin/" + path
	response, err := http.Post(url, "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		t.Fatalf("%s: %s", path, response.Status)
	}
	if path == "requests/count" {
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer
}

func arm(t *testing.T, key string, steps ...object) {
	t.Helper()
	admin(t, "queue", object{"api_key": key, "steps": steps})
}

func expectCount(t *testing.T, expected int, criteria object) {
	t.Helper()
	if got := admin(t, "requests/count", criteria).Count; got != expected {
		t.Errorf("%d requests match %v, expected %d", got, criteria, expected)
	}
}

func TestReturnsThePicture(t *testing.T) {
	key := newKey(t)
	image, err := Edit(os.Getenv("AILAB_BASE_URL"), key, 12, picture())
	if err != nil || !bytes.HasPrefix(image, []byte{0xff, 0xd8}) {
		t.Fatalf("no JPEG: %v", err)
	}
	expectCount(t, 1, object{"api_key": key, "service_choice": 12, "status": 200})
}

func TestTellsWhyItWasRefused(t *testing.T) {
	key := newKey(t)
	arm(t, key, object{"error": "ERROR_BLURRY_FACE"})
	_, err := Edit(os.Getenv("AILAB_BASE_URL"), key, 12, picture())
	if !errors.Is(err, Refused("ERROR_BLURRY_FACE")) {
		t.Fatalf("got %v", err)
	}
	expectCount(t, 1, object{"api_key": key, "code": "ERROR_BLURRY_FACE"})
}

func TestSurvivesALostConnection(t *testing.T) {
	key := newKey(t)
	arm(t, key, object{"fault": "reset-before-answer"})
	var refused Refused
	if _, err := Edit(os.Getenv("AILAB_BASE_URL"), key, 12, picture()); err == nil || errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	if _, err := Edit(os.Getenv("AILAB_BASE_URL"), key, 12, picture()); err != nil { // works again
		t.Fatal(err)
	}
	expectCount(t, 2, object{"api_key": key})
}
