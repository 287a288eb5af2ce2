// Verifies a log and its receipts with Go's own implementation of transparent logs, which shares
// no code with ours: golang.org/x/mod/sumdb/tlog and note.
//
//	verify log URL VKEY [CHECKPOINT]   every entry and tile under URL, and that the log only grew
//	                                   since the checkpoint in that file
//	verify receipt FILE VKEY           a receipt as JSON
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	var err error
	switch {
	case len(os.Args) >= 4 && os.Args[1] == "log":
		err = verifyLog(os.Args[2], os.Args[3], os.Args[4:])
	case len(os.Args) == 4 && os.Args[1] == "receipt":
		err = verifyReceipt(os.Args[2], os.Args[3])
	default:
		err = fmt.Errorf("verify log URL VKEY [CHECKPOINT], or verify receipt FILE VKEY")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// open returns the tree that a checkpoint signed by vkey speaks of.
func open(checkpoint []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("this is no checkpoint of %s", verifier.Name())
	}
	var tree tlog.Tree
	if _, err := fmt.Sscanf(lines[1], "%d", &tree.N); err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("the root is no hash")
	}
	copy(tree.Hash[:], root)
	return tree, nil
}

func get(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// tiles reads tiles under a log's address; Go names them with their height, C2SP without.
type tiles struct{ url string }

func (t tiles) Height() int { return height }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		data, err := get(t.url + "/tile/" + strings.TrimPrefix(tile.Path(), "tile/8/"))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func verifyLog(url, vkey string, old []string) error {
	checkpoint, err := get(url + "/checkpoint")
	if err != nil {
		return err
	}
	tree, err := open(checkpoint, vkey)
	if err != nil {
		return err
	}
	// Every hash that this reader returns was found to lead to the root.
	reader := tlog.TileHashReader(tree, tiles{url})
	for first := int64(0); first < tree.N; first += 1 << height {
		width := tree.N - first
		if width > 1<<height {
			width = 1 << height
		}
		bundle := tlog.Tile{H: height, L: -1, N: first >> height, W: int(width)}
		path := strings.TrimPrefix(bundle.Path(), "tile/8/data/")
		data, err := get(url + "/tile/entries/" + path)
		if err != nil {
			return err
		}
		for index := first; index < first+width; index++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return fmt.Errorf("the bundle at %d is too short", first)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			entry := data[2:end]
			data = data[end:]
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			if err != nil {
				return err
			}
			if hashes[0] != tlog.RecordHash(entry) {
				return fmt.Errorf("entry %d is not what its tile says", index)
			}
			proof, err := tlog.ProveRecord(tree.N, index, reader)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, hashes[0]); err != nil {
				return err
			}
		}
		if len(data) != 0 {
			return fmt.Errorf("the bundle at %d is too long", first)
		}
	}
	for _, file := range old {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		before, err := open(text, vkey)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, before.N, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return err
		}
	}
	fmt.Printf("verified %d entries\n", tree.N)
	return nil
}

func verifyReceipt(file, vkey string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var receipt struct {
		Entry      string   `json:"entry"`
		Index      int64    `json:"index"`
		Proof      [][]byte `json:"proof"`
		Checkpoint string   `json:"checkpoint"`
	}
	if err := json.Unmarshal(text, &receipt); err != nil {
		return err
	}
	tree, err := open([]byte(receipt.Checkpoint), vkey)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, each := range receipt.Proof {
		var hash tlog.Hash
		if copy(hash[:], each) != tlog.HashSize {
			return fmt.Errorf("a hash has %d bytes", tlog.HashSize)
		}
		proof = append(proof, hash)
	}
	leaf := tlog.RecordHash([]byte(receipt.Entry))
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, receipt.Index, leaf); err != nil {
		return err
	}
	fmt.Printf("verified entry %d of %d\n", receipt.Index, tree.N)
	return nil
}
