package doc

// Named is what tells entries of several inputs apart.
type Named struct {
	Name, ID string // ID is the second name; "" for none
	Weak     bool   // as Entry.Weak
}

// Yielding returns, by index, the weak ones with what takes their place: one of
// their name or id that is not weak, else the first one that is.
func Yielding(list []Named) map[int]int {
	holder := map[string]int{}
	enter := func(i int) {
		for _, name := range []string{list[i].Name, list[i].ID} {
			if _, taken := holder[name]; !taken && name != "" {
				holder[name] = i
			}
		}
	}
	for i, n := range list {
		if !n.Weak {
			enter(i)
		}
	}
	out := map[int]int{}
	for i, n := range list {
		if !n.Weak {
			continue
		}
		for _, name := range []string{n.Name, n.ID} {
			if to, ok := holder[name]; ok && name != "" {
				out[i] = to
				break
			}
		}
		if _, yields := out[i]; !yields {
			enter(i)
		}
	}
	return out
}

// settle takes out the weak entries whose place others take, and lets what
// names them name those.
func (d *Document) settle() {
	var entries []*Entry
	var list []Named
	for _, s := range d.Sections {
		for _, e := range s.Entries {
			if s.Name == "expect" {
				continue
			}
			n := Named{Name: e.Name, Weak: e.Weak}
			if id := e.Get("id"); id != nil {
				n.ID = id.Text
			}
			entries, list = append(entries, e), append(list, n)
		}
	}
	out := Yielding(list)
	if len(out) == 0 {
		return
	}
	gone, renamed := map[*Entry]bool{}, map[string]string{}
	for weak, to := range out {
		gone[entries[weak]] = true
		if list[weak].Name != list[to].Name {
			renamed[list[weak].Name] = list[to].Name
		}
	}
	for _, s := range d.Sections {
		kept := s.Entries[:0:0]
		for _, e := range s.Entries {
			if !gone[e] {
				c := *e // the documents that were joined keep theirs
				c.Value = e.renamed(renamed)
				kept = append(kept, &c)
			}
		}
		s.Entries = kept
	}
}

// renamed is the value with the names of entries changed, in memory of its own
// where it has any.
func (v *Value) renamed(names map[string]string) *Value {
	switch v.Kind {
	case Text:
		if to, ok := names[v.Text]; ok {
			c := *v
			c.Text = to
			return &c
		}
	case List:
		c := *v
		c.Items = make([]*Value, len(v.Items))
		for i, item := range v.Items {
			c.Items[i] = item.renamed(names)
		}
		return &c
	case Mapping:
		c := *v
		c.Pairs = make([]Pair, len(v.Pairs))
		for i, p := range v.Pairs {
			c.Pairs[i] = Pair{p.Key, p.Value.renamed(names)}
		}
		return &c
	}
	return v
}
