package hyperpay

import (
	"encoding/json"
	"slices"
	"time"
)

// checkpoint is where a walk stands after a window.
type checkpoint struct {
	Entity string `json:"entity"`
	// End is where the next window ends: all from there on is told.
	End time.Time `json:"end"`
	// Late are the ids that operations after End refer to and that weren't met yet.
	Late []string `json:"late,omitempty"`
	// Seam are the operations within a second after End, which the next window may have again.
	Seam []string `json:"seam,omitempty"`
}

func (w *walk) checkpoint(records []record) string {
	point := checkpoint{Entity: w.entity, End: w.end, Late: slices.Sorted(slices.Values(keysOf(w.late)))}
	for _, r := range records {
		if r.at.Before(w.end.Add(time.Second)) {
			point.Seam = append(point.Seam, r.ID)
		}
	}
	text, err := json.Marshal(point)
	if err != nil {
		return "" // Can't be: it's all strings and a time of this millennium.
	}
	return string(text)
}

func readCheckpoint(s string) (checkpoint, bool) {
	var point checkpoint
	err := json.Unmarshal([]byte(s), &point)
	return point, err == nil && point.Entity != "" && !point.End.IsZero()
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, id := range list {
		set[id] = true
	}
	return set
}

func keysOf[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}
