package diag

import (
	"fmt"
	"slices"
	"strings"
)

// DidYouMean returns "; did you mean X?" for the candidate nearest to what
// the user wrote, or "" when none is near. Of equally near ones the first in
// alphabetical order is taken.
func DidYouMean(wrote string, candidates []string) string {
	if near := Nearest(wrote, candidates); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// Nearest returns the candidate with the fewest changed, added, dropped or
// swapped letters, or "" when that takes more than a third of the letters.
func Nearest(wrote string, candidates []string) string {
	if len(wrote) > 200 {
		return ""
	}
	best, bestCost := "", max(1, len(wrote)/3)+1
	sorted := slices.Sorted(slices.Values(candidates))
	lower := strings.ToLower(wrote)
	for _, c := range sorted {
		if d := len(c) - len(wrote); c == wrote || d >= bestCost || -d >= bestCost {
			continue
		}
		if cost := distance(lower, strings.ToLower(c)); cost < bestCost {
			best, bestCost = c, cost
		}
	}
	return best
}

// distance is the edit distance with adjacent swaps, by bytes.
func distance(a, b string) int {
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
