package devenv

import (
	"context"
	"slices"
)

// topology tells of each group whether its servers are one.
func (x *examination) topology(ctx context.Context) {
	parts := groups(x.instancesAsked())
	if len(parts) == 0 {
		x.skip("topology", "no server of this environment is a part of a cluster or watched by sentinels")
		return
	}
	for name := range parts {
		if slices.ContainsFunc(x.patients, func(p patient) bool { return p.Group == name && p.info == nil }) {
			x.skip("topology", "the %s is not asked as a whole: not all of its servers answer", name)
			delete(parts, name)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, perGroup)
	defer cancel()
	for name, members := range parts {
		if wrong := x.env.checkGroups(ctx, members, nil)[name]; wrong != nil {
			x.add(LevelFail, "topology", "wait for it: "+x.env.run("wait")+" · begin anew: "+x.env.run("down")+", "+x.env.run("up"), "the %s is not in order: %v", name, wrong)
			continue
		}
		x.ok("topology", "%s: %s", name, shapeOf(name))
	}
}

func (x *examination) instancesAsked() []Instance {
	var list []Instance
	for _, p := range x.patients {
		list = append(list, p.Instance)
	}
	return list
}
