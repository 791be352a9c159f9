package eval

// slab hands out values whose addresses stay good until it is reset, without
// allocating again once it has grown.
type slab[T any] struct {
	chunks [][]T
	used   int
}

const slabChunk = 32

func (s *slab[T]) next() *T {
	c := s.used / slabChunk
	if c == len(s.chunks) {
		s.chunks = append(s.chunks, make([]T, slabChunk))
	}
	p := &s.chunks[c][s.used%slabChunk]
	s.used++
	return p
}

func (s *slab[T]) reset() { s.used = 0 }
