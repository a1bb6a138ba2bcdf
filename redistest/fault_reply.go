package redistest

import "fmt"

// Error replies for Faults().Reply, in the words of Redis 7.
const (
	Loading      = "LOADING Redis is loading the dataset in memory"
	ReadOnly     = "READONLY You can't write against a read only replica."
	OutOfMemory  = "OOM command not allowed when used memory > 'maxmemory'."
	Busy         = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
	MasterDown   = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."
	ClusterDown  = "CLUSTERDOWN The cluster is down"
	TryAgain     = "TRYAGAIN Multiple keys request during rehashing of slot"
	NoReplicas   = "NOREPLICAS Not enough good replicas to write."
	NoScript     = "NOSCRIPT No matching script. Please use EVAL."
	NoAuth       = "NOAUTH Authentication required."
	MaxClients   = "ERR max number of clients reached"
	CannotSave   = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error."
	AbortedTx    = "EXECABORT Transaction discarded because of previous errors."
	WrongType    = "WRONGTYPE Operation against a key holding the wrong kind of value"
	UnblockedNow = "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)"
)

// Moved is the reply of a cluster node that has given slot away for good.
func Moved(slot int, addr string) string { return fmt.Sprintf("MOVED %d %s", slot, addr) }

// Ask is the reply of a cluster node that is giving slot away.
func Ask(slot int, addr string) string { return fmt.Sprintf("ASK %d %s", slot, addr) }
