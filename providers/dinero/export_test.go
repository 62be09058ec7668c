package dinero

// Targets are what a walk asks for.
func (g *Gateway) Targets() []string {
	names := make([]string, 0, len(g.targets))
	for _, t := range g.targets {
		names = append(names, t.String())
	}
	return names
}
