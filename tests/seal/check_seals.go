// Checks what write_seals.c has written with the Go project's own readers of signed notes and of trees, as its
// checksum database uses them: check_seals FOLDER…. Ends with 1, and says what is wrong, or prints what holds.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error, what string, values ...any) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "check_seals: %s: %v\n", fmt.Sprintf(what, values...), err)
		os.Exit(1)
	}
}

func require(holds bool, what string, values ...any) {
	if !holds {
		must(errors.New("it is not so"), what, values...)
	}
}

func read(folder, name string) []byte {
	content, err := os.ReadFile(filepath.Join(folder, name))
	must(err, "reading")
	return content
}

// witness is a key of C2SP's cosignature/v1, which sumdb/note does not know.
type witness struct {
	name string
	key  []byte // 0x04 and the public key
	time uint64 // of the last cosignature that held
}

func newWitness(vkey string) *witness {
	parts := strings.SplitN(vkey, "+", 3)
	require(len(parts) == 3, "the witness' key %q has three parts", vkey)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must(err, "the witness' key")
	require(len(key) == 1+ed25519.PublicKeySize && key[0] == 4, "the witness' key is one of cosignatures")
	made := &witness{name: parts[0], key: key}
	require(fmt.Sprintf("%08x", made.KeyHash()) == parts[1], "the witness' key has the id %s", parts[1])
	return made
}

func (w *witness) Name() string { return w.name }

func (w *witness) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(w.name+"\n"), w.key...))
	return binary.BigEndian.Uint32(sum[:])
}

func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	w.time = binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", w.time, text)
	return ed25519.Verify(w.key[1:], []byte(signed), signature[8:])
}

// draw is one that was sealed.
type draw struct {
	folder   string
	server   note.Verifier
	origin   string
	tree     tlog.Tree // its size and root, as the seal has them
	agencies []agency
}

type agency struct {
	state string
	count int64
	root  tlog.Hash
}

// parseSeal reads a checkpoint's text.
func parseSeal(text string) (origin string, tree tlog.Tree) {
	lines := strings.Split(text, "\n")
	require(len(lines) == 4 && lines[3] == "", "the seal %q has three lines", text)
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "the seal's size")
	root, err := tlog.ParseHash(lines[2])
	must(err, "the seal's root")
	return lines[0], tlog.Tree{N: size, Hash: root}
}

// isRespelled says that the one note is the other in another spelling: Go's base64 does not look at the bits that
// are left over at its end. (Readers of draws refuse any spelling but one.)
func isRespelled(one, other *note.Note) bool {
	decoded := func(n *note.Note) string {
		bytes, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64)
		must(err, "a signature that was opened")
		return string(bytes)
	}
	return one.Text == other.Text && decoded(one) == decoded(other)
}

// openSeal opens the note with the server's key and the witness', and shows that no note that differs in one bit
// can be opened with either alone.
func (d *draw) openSeal() {
	content := read(d.folder, "seal.note")
	seen := newWitness(string(read(d.folder, "witness")))
	opened, err := note.Open(content, note.VerifierList(d.server, seen))
	must(err, "%s: opening the seal", d.folder)
	require(len(opened.Sigs) == 2 && len(opened.UnverifiedSigs) == 0, "%s: both have signed the seal", d.folder)
	require(opened.Text == string(read(d.folder, "seal.text")), "%s: the note holds the seal", d.folder)
	require(seen.time == 1795640000, "%s: the witness says when it saw the seal", d.folder)
	d.origin, d.tree = parseSeal(opened.Text)
	// The witness' line is the last. Without it the server's alone is there.
	alone := content[:bytes.LastIndex(content[:len(content)-1], []byte("\n"))+1]
	whole, err := note.Open(alone, note.VerifierList(d.server))
	must(err, "%s: opening the seal that nobody has witnessed", d.folder)
	for bit := 0; bit < 8*len(alone); bit++ {
		flipped := append([]byte(nil), alone...)
		flipped[bit/8] ^= 1 << (bit % 8)
		opened, err := note.Open(flipped, note.VerifierList(d.server))
		require(err != nil || isRespelled(opened, whole), "%s: bit %d of the seal was changed, and it cannot be opened", d.folder, bit)
	}
}

func (d *draw) readAgencies() {
	for _, line := range strings.Split(strings.TrimSuffix(string(read(d.folder, "agencies")), "\n"), "\n") {
		words := strings.Split(line, " ")
		require(len(words) == 4 && words[0] == strconv.Itoa(len(d.agencies)+1), "%s: %q is an agency", d.folder, line)
		count, err := strconv.ParseInt(words[2], 10, 64)
		must(err, "%s: %q", d.folder, line)
		root, err := tlog.ParseHash(words[3])
		must(err, "%s: %q", d.folder, line)
		d.agencies = append(d.agencies, agency{words[1], count, root})
	}
	require(int64(len(d.agencies))+1 == d.tree.N, "%s: the seal's size is that of its agencies and one", d.folder)
}

// entry makes an agency's entry of the draw tree.
func (d *draw) entry(number int, of agency) []byte {
	return []byte(fmt.Sprintf("quiniela agency v1\n%s\n%d %s %d %s\n", d.origin, number, of.state, of.count, of.root))
}

// memory holds a tree as tlog stores it.
type memory []tlog.Hash

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, index := range indexes {
		hashes = append(hashes, (*m)[index])
	}
	return hashes, nil
}

func (m *memory) add(n int, entry []byte) {
	hashes, err := tlog.StoredHashes(int64(n), entry, m)
	must(err, "storing entry %d", n)
	*m = append(*m, hashes...)
}

// checkTree builds the draw tree from its entries: it has the seal's root. Gives it.
func (d *draw) checkTree() *memory {
	stored := &memory{}
	stored.add(0, read(d.folder, "entry-0"))
	for i, of := range d.agencies {
		stored.add(i+1, d.entry(i+1, of))
	}
	root, err := tlog.TreeHash(d.tree.N, stored)
	must(err, "%s: the draw tree", d.folder)
	require(root == d.tree.Hash, "%s: the draw tree has the seal's root", d.folder)
	return stored
}

// proof is what a proof's text says.
type proof struct {
	salt       []byte
	of         agency // its root is not said
	text       string
	path       tlog.RecordProof
	index      int64 // of the agency
	agencyPath tlog.RecordProof
	note       string
}

// lines takes them one after the other.
type lines struct {
	rest string
}

func (l *lines) take(begins string) string {
	line, rest, found := strings.Cut(l.rest, "\n")
	require(found && strings.HasPrefix(line, begins), "the proof's line %q begins with %q", line, begins)
	l.rest = rest
	return line[len(begins):]
}

// takePath takes hashes up to an empty line.
func (l *lines) takePath() (path tlog.RecordProof) {
	for line := l.take(""); line != ""; line = l.take("") {
		hash, err := tlog.ParseHash(line)
		must(err, "a hash of a path")
		path = append(path, hash)
	}
	return path
}

func (l *lines) takeNumber(begins string) int64 {
	number, err := strconv.ParseInt(l.take(begins), 10, 64)
	must(err, "a number of the proof")
	return number
}

func parseProof(text []byte) (p proof) {
	var err error
	l := &lines{string(text)}
	require(l.take("") == "quiniela proof v1", "it is a proof")
	p.salt, err = base64.StdEncoding.DecodeString(l.take("salt "))
	must(err, "the salt")
	p.of.state = l.take("state ")
	p.of.count = l.takeNumber("count ")
	p.text = l.take("")
	p.path = l.takePath()
	require(l.take("") == "c2sp.org/tlog-proof@v1", "the proof of an agency follows")
	p.index = l.takeNumber("index ")
	p.agencyPath = l.takePath()
	p.note = l.rest
	return p
}

// checkProof checks all of the proof of a bet, and that no neighbour of it holds.
func (d *draw) checkProof(number int, bet int64, stored *memory) {
	name := fmt.Sprintf("proof-%d-%d", number, bet)
	p := parseProof(read(d.folder, name))
	of := d.agencies[number-1]
	opened, err := note.Open([]byte(p.note), note.VerifierList(d.server))
	must(err, "%s/%s: opening its seal", d.folder, name)
	origin, tree := parseSeal(opened.Text)
	require(origin == d.origin && tree == d.tree, "%s/%s: the seal is that of the draw", d.folder, name)
	require(p.index == int64(number) && p.of.count == of.count && p.of.state == of.state, "%s/%s: it is one of agency %d",
		d.folder, name, number)
	require(strings.HasPrefix(p.text, fmt.Sprintf("%d,%d,", number, bet)), "%s/%s: it is of bet %d", d.folder, name, bet)
	leaf := tlog.RecordHash(append(p.salt, p.text...))
	must(tlog.CheckRecord(p.path, of.count, of.root, bet, leaf), "%s/%s: the bet", d.folder, name)
	entry := tlog.RecordHash(d.entry(number, of))
	must(tlog.CheckRecord(p.agencyPath, tree.N, tree.Hash, p.index, entry), "%s/%s: its agency", d.folder, name)
	expected, err := tlog.ProveRecord(tree.N, p.index, stored)
	must(err, "%s/%s: proving its agency", d.folder, name)
	require(fmt.Sprint(expected) == fmt.Sprint(p.agencyPath), "%s/%s: the path is the one made here", d.folder, name)
	for other := int64(0); other < of.count; other++ {
		holds := tlog.CheckRecord(p.path, of.count, of.root, other, leaf) == nil
		require(holds == (other == bet), "%s/%s: it is of no other bet than its own (%d)", d.folder, name, other)
	}
	for other := int64(0); other < tree.N; other++ {
		holds := tlog.CheckRecord(p.agencyPath, tree.N, tree.Hash, other, entry) == nil
		require(holds == (other == p.index), "%s/%s: it is of no other agency (%d)", d.folder, name, other)
	}
}

func check(folder string) (proofs int) {
	server, err := note.NewVerifier(string(read(folder, "vkey")))
	must(err, "%s: the server's key", folder)
	d := &draw{folder: folder, server: server}
	d.openSeal()
	d.readAgencies()
	stored := d.checkTree()
	for i, of := range d.agencies {
		for bet := int64(0); bet < of.count; bet++ {
			d.checkProof(i+1, bet, stored)
			proofs++
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "proof-*"))
	must(err, "%s", folder)
	require(len(files) == proofs, "%s: all of the %d proofs are of bets in the tree", folder, len(files))
	return proofs
}

func main() {
	for _, folder := range os.Args[1:] {
		fmt.Printf("%s: the seal can be opened, and %d proofs hold\n", folder, check(folder))
	}
}
