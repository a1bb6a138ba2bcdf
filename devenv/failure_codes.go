package devenv

// A FailureCode is one thing that a Failure can be.
type FailureCode struct {
	Code  string // Failure.Code
	Exit  int    // the exit code of a target that ends with it
	Means string
}

// FailureCodes lists the codes of all failures, for programs that branch on
// them. A code never changes its meaning.
func FailureCodes() []FailureCode {
	return []FailureCode{
		{"other", ExitOther, "an error without a code of its own"},
		{"different", ExitOther, "diff has found differences"},
		{"cli_failed", ExitOther, "redis-cli has ended with an error"},
		{"rlimit", ExitOther, "the Docker engine may not set the limits of the compose files"},

		{"settings", ExitUsage, "settings or flags cannot be used"},
		{"bad_name", ExitUsage, "the name of a backup is not allowed"},
		{"no_such_service", ExitUsage, "there is no server of that name"},
		{"no_such_project", ExitUsage, "there is no environment of that name"},
		{"no_such_set", ExitUsage, "there is no set of data of that name"},
		{"no_such_snapshot", ExitUsage, "there is no snapshot of that name"},
		{"no_such_backup", ExitUsage, "there is no backup of that name"},
		{"which_backup", ExitUsage, "it is not said, or said twice, which backup is meant"},
		{"no_broker", ExitUsage, "there is no broker on Redis"},

		{"not_running", ExitNotReady, "the environment, or a server of it, does not run"},
		{"loading", ExitNotReady, "a server still loads its data"},
		{"server_died", ExitNotReady, "a server ended before it was ready"},
		{"unhealthy", ExitNotReady, "the doctor has found what keeps the servers from working"},
		{"alerts", ExitNotReady, "an alert is raised"},

		{"port_in_use", ExitPortTaken, "a process or container of others listens on the port"},
		{"port_ephemeral", ExitPortTaken, "an outgoing connection holds the port"},
		{"stranger", ExitPortTaken, "another server than the one that was started answers"},

		{"docker_down", ExitNoDocker, "no Docker engine answers"},
		{"docker_permission", ExitNoDocker, "this user may not talk to the Docker engine"},

		{"compose_missing", ExitNoCompose, "there is no compose"},
		{"compose_broken", ExitNoCompose, "compose does not work on this machine"},
		{"compose_failed", ExitNoCompose, "compose could not start the servers"},

		{"data_too_new", ExitData, "the data were written by a newer server"},
		{"data_too_old_engine", ExitData, "the server would start empty beside the data of a newer one"},
		{"data_ignored", ExitData, "the server would not read append-only files"},
		{"data_unreadable", ExitData, "a server does not start with the data of the backup"},
		{"aof_corrupt", ExitData, "the append-only file is damaged"},
		{"backup_damaged", ExitData, "a file of the backup is not what was written"},
		{"slots_differ", ExitData, "the slots of the cluster are not where they were at the backup"},
		{"no_rdb", ExitData, "the file is no RDB file"},

		{"auth_required", ExitAuth, "the server wants a password and none is set"},
		{"auth_wrong", ExitAuth, "the server refuses the password"},
		{"auth_unneeded", ExitAuth, "the server has no password, and one is sent"},
		{"protected_mode", ExitAuth, "the server has no password and serves its own machine only"},
		{"noperm", ExitAuth, "the ACL does not allow this user the command"},
		{"tls_mismatch", ExitAuth, "one side speaks TLS and the other does not"},
		{"tls_untrusted", ExitAuth, "the server's certificate is not trusted"},
		{"tls_client", ExitAuth, "the server wants a client's certificate"},
		{"tls_key_unreadable", ExitAuth, "a server cannot read its certificate or key"},

		{"timeout", ExitTimeout, "not ready in time"},
		{"locked", ExitTimeout, "another command changes the environment and did not end in time"},

		{"needs_yes", ExitRefused, "nobody has agreed to lose data"},
		{"remote", ExitRefused, "the server to change is on another machine"},
		{"other_backend", ExitRefused, "the environment runs on another backend"},
		{"settings_changed", ExitRefused, "the environment runs with other settings"},

		{"image_missing", ExitNoImage, "the image is not on this machine and cannot be had"},

		{"unsupported", ExitUnsupported, "this backend or profile cannot do that"},
		{"no_backend", ExitUnsupported, "no backend can serve"},
		{"server_missing", ExitUnsupported, "there is no redis-server"},
		{"serve_missing", ExitUnsupported, "the magefile lacks a target that runs in the background"},
		{"cli_missing", ExitUnsupported, "there is no redis-cli"},
		{"no_aof", ExitUnsupported, "the server keeps no append-only file"},
	}
}
