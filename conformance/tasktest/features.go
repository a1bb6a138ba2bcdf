package tasktest

import "github.com/redkit-dev/redkit/conformance"

// Capabilities that are methods of the port, found by assertion.
const (
	revoking   = capability("task.revoke")
	queues     = capability("task.queues")
	disturbing = capability("task.disturb")
	settings   = capability("task.settings")
)

// Capabilities that an adapter without the means for them names in Lacks.
const (
	Revoking   = revoking
	Queueing   = queues
	Disturbing = disturbing
	Setting    = settings
)

// Capabilities that are behaviours, claimed by a subject.
const (
	// Inline says that Send runs the task before it returns.
	Inline = capability("task.inline")
	// Waits says that nothing runs before Work.
	Waits = capability("task.waits")
	// Parks says that tasks for later wait where no worker holds them.
	Parks = capability("task.parks")
	// Buries says that messages nobody can handle are kept, with the reason.
	Buries = capability("task.buries")
	// Limits says that runs have time limits.
	Limits = capability("task.limits")

	// QuirkDropsRejected: a rejected message is gone, and its task PENDING.
	QuirkDropsRejected = capability("task.quirk.drops-rejected")
	// QuirkAlwaysEager: retries and countdowns do not wait, as in Celery's
	// task_always_eager.
	QuirkAlwaysEager = capability("task.quirk.always-eager")
)

func features() []feature {
	return []feature{
		method[Revoker](revoking, "revokes tasks"),
		method[Queues](queues, "shows its queues, and takes messages of others"),
		method[Disturber](disturbing, "doubles deliveries and loses acknowledgements on request"),
		method[Opener](settings, "opens apps with other settings"),
		{Name: Inline, Says: "runs tasks in Send, as an eager mode"},
		{Name: Waits, Says: "runs nothing before it is told to"},
		{Name: Parks, Says: "keeps tasks for later where they block nobody"},
		{Name: Buries, Says: "keeps what it cannot handle, with the reason"},
		{Name: Limits, Says: "ends runs at their time limits"},
		{Name: QuirkDropsRejected, Says: "drops a rejected message for good, as kombu does"},
		{Name: QuirkAlwaysEager, Says: "runs retries and tasks for later at once, as task_always_eager does"},
	}
}

func method[I any](name capability, says string) feature {
	return feature{Name: name, Says: says, Has: conformance.Implements[I, App]}
}
