package render

import "strings"

// row is one numbered step, or one blocker: a few short cells, and lines of
// text beside them that may each cite a place.
type row struct {
	number string
	where  string
	action string
	tone   tone // of the action
	dim    bool // the whole row, for what is only supposed
	lines  []line
	note   string // stands above the row, across all columns
}

type line struct {
	text string
	at   string
	tone tone
}

// widths are the columns of a set of rows.
type widths struct {
	number, where, action int
	text                  int
	at                    int  // 0: places stand in the text column
	stacked               bool // text stands under the cells instead of beside
}

const (
	gap      = 2  // columns between two cells
	hang     = 2  // indent of the lines that a text wraps to
	leastRow = 26 // the text column is no narrower than this
)

// fit chooses columns for the rows. Cells take what they need up to a share
// of the width; what does not fit goes to a line of its own, never away.
func fit(rows []row, total int) widths {
	var w widths
	share := max(20, total*3/10)
	for _, r := range rows {
		w.number = max(w.number, width(r.number))
		w.action = max(w.action, width(r.action))
		if n := width(r.where); n <= share {
			w.where = max(w.where, n)
		}
		for _, l := range r.lines {
			w.at = max(w.at, width(l.at))
		}
	}
	w.action = min(w.action, share)
	if w.at > max(16, total/5) {
		w.at = 0
	}
	w.text = total - w.textColumn() - w.atSpace()
	if w.text < leastRow && w.at > 0 {
		w.text += w.atSpace()
		w.at = 0
	}
	if w.text < leastRow {
		w.stacked = true
		w.text = total - w.indent()
	}
	return w
}

func (w widths) indent() int {
	if w.number == 0 {
		return 1 + gap
	}
	return 1 + w.number + gap
}

func (w widths) textColumn() int {
	if w.stacked {
		return w.indent()
	}
	n := 1 + w.where + gap + w.action + gap
	if w.number > 0 {
		n += w.number + gap
	}
	return n
}

func (w widths) atSpace() int {
	if w.at == 0 {
		return 0
	}
	return w.at + gap
}

func (t *textWriter) row(r row, w widths) {
	if r.note != "" {
		t.paragraph(w.indent(), r.note, faint)
	}
	r = t.longName(r, w)
	column := w.textColumn()
	head, painted := t.cells(r, w)
	lines := r.lines
	if len(lines) == 0 {
		lines = []line{{}}
	}
	if head > column && !w.stacked && len(lines) == 1 && t.fitsBehind(head, lines[0], w) {
		column = head // names too long for their columns push a short text aside
	} else if w.stacked || head > column {
		t.printf("%s\n", strings.TrimRight(painted, " "))
		painted, head = "", 0
	}
	for _, l := range lines {
		for _, piece := range t.pieces(l, w) {
			if piece.text == "" && piece.at == "" && head == 0 {
				continue
			}
			text := painted + strings.Repeat(" ", max(0, column-head)) + t.opts.paint(piece.text, rowTones(r, piece.tone)...)
			t.printf("%s\n", strings.TrimRight(text+t.placed(piece, column, w), " "))
			painted, head = "", 0
		}
	}
}

// longName writes a name that leaves no room for the action beside it on
// lines of its own, and returns the row without it.
func (t *textWriter) longName(r row, w widths) row {
	if w.indent()+width(r.where)+gap+width(r.action) <= t.opts.width() {
		return r
	}
	number := ""
	if w.number > 0 {
		number = " " + strings.Repeat(" ", max(0, w.number-width(r.number))) + r.number
	}
	for i, l := range wrap(r.where, t.opts.width()-w.indent(), 0) {
		if i > 0 {
			number = ""
		}
		t.printf("%s%s\n", pad(number, w.indent()), t.opts.paint(l, rowTones(r, plain)...))
	}
	r.number, r.where = "", ""
	return r
}

// placed returns the place of a piece with the space before it, so that it
// stands in its column, or at the right edge.
func (t *textWriter) placed(piece line, column int, w widths) string {
	if piece.at == "" {
		return ""
	}
	room := t.opts.width() - column - width(piece.text) - max(w.at, width(piece.at))
	return strings.Repeat(" ", max(0, room)) + t.opts.paint(piece.at, faint)
}

// cells returns the row's cells, padded to the text column, with their width.
func (t *textWriter) cells(r row, w widths) (int, string) {
	var b strings.Builder
	used := 1
	b.WriteByte(' ')
	if w.number > 0 {
		n := strings.Repeat(" ", max(0, w.number-width(r.number))) + r.number
		b.WriteString(t.opts.paint(n, faint) + strings.Repeat(" ", gap))
		used += w.number + gap
	}
	b.WriteString(t.opts.paint(pad(r.where, w.where), rowTones(r, plain)...) + strings.Repeat(" ", gap))
	used += max(w.where, width(r.where)) + gap
	b.WriteString(t.opts.paint(r.action, rowTones(r, r.tone)...))
	rest := max(0, w.action-width(r.action)) + gap
	b.WriteString(strings.Repeat(" ", rest))
	return used + width(r.action) + rest, b.String()
}

// fitsBehind reports whether a line fits whole behind a head of n columns.
func (t *textWriter) fitsBehind(n int, l line, w widths) bool {
	room := t.opts.width() - n
	if l.at != "" {
		room -= max(w.atSpace(), gap+width(l.at))
	}
	return width(l.text) <= room
}

// pieces wraps one line of a row, into the column of places where its own
// place leaves it free. The place goes behind the last piece, or under it
// where there is no column for places and no room.
func (t *textWriter) pieces(l line, w widths) []line {
	all := wrap(l.text, w.text+w.atSpace(), hang)
	if last := len(all) - 1; l.at != "" && w.at > 0 && hung(all)+width(all[last]) > w.text {
		all = append(all[:last], wrap(all[last], w.text-hung(all), hang-hung(all))...)
	}
	var out []line
	for i, s := range all {
		if i > 0 {
			s = strings.Repeat(" ", hang) + s
		}
		out = append(out, line{text: s, tone: l.tone})
	}
	if l.at == "" {
		return out
	}
	last := &out[len(out)-1]
	if w.at > 0 || width(last.text)+gap+width(l.at) <= w.text || last.text == "" {
		last.at = l.at
		return out
	}
	for _, s := range wrap(l.at, w.text, 0) {
		out = append(out, line{at: s})
	}
	return out
}

// hung is the indent of the last of some wrapped lines.
func hung(lines []string) int {
	if len(lines) > 1 {
		return hang
	}
	return 0
}

func rowTones(r row, t tone) []tone {
	if r.dim && t == plain {
		return []tone{faint}
	}
	return []tone{t}
}
