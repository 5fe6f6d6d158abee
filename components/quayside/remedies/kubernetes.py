"""Failures in a cluster; the words are those of the API server, Go's HTTP client, Helm and Pulumi's kubernetes plugin."""

from quayside.remedies.rule import Rule

UNREACHABLE = (
    r"dial tcp|connection refused|connection to the server .* was refused|i/o timeout|no such host|TLS handshake timeout|"
    r"connection reset by peer|Client\.Timeout exceeded|https://\S+\": (EOF|context deadline exceeded)|"
    r"Kubernetes cluster unreachable|with unreachable cluster|cluster is unreachable"
)
"""Seen in pulumi-kubernetes#97, #881, #1216, #1544."""

OF_PODS = r"Minimum number of .*Pods|\bPod \S+?\]?( \(and \d+ more\))?: "
"""Errors of a rollout quote probes, registries and the last words of containers, which cannot reach things of their own: they explain
themselves, and say nothing of the API server."""

KUBERNETES = (
    Rule(
        r"asked for the client to provide credentials|\bUnauthorized\b",
        "The cluster runs, but refuses the credentials: the token was revoked, or has run out. Set it anew (pulumi config set --secret "
        "--path quayside:secrets.digitaloceanToken -s {stack}, or the kubeconfig of an existing cluster) and run again. Never set "
        "PULUMI_K8S_DELETE_UNREACHABLE for this, whatever the plugin suggests: it would forget every object that is there.",
        unless=OF_PODS,
    ),
    Rule(
        r"another operation \(install/upgrade/rollback\) is in progress",
        "A run that was killed left this release half done, and Helm waits for an end that never comes. `quayside recover {stack}` repairs "
        "it. By hand: `helm history {name} -n {namespace}`, then `helm rollback {name} -n {namespace}` where an earlier revision is "
        "deployed, or `helm uninstall {name} -n {namespace}` where there is none; then run again.",
    ),
    Rule(
        r"cannot re-use a name that is still in use",
        "The cluster has a release {name} already. Where an earlier run of this stack made it, `quayside recover {stack}` or `helm uninstall "
        "{name} -n {namespace}` helps; where another stack did, leave it there: a chart like this is installed once a cluster.",
    ),
    Rule(
        r"failed calling webhook|no endpoints available for service",
        "An admission webhook of the cluster does not answer. Look at its pods: the Service that the error names "
        "stands as NAME.NAMESPACE.svc in its address (`kubectl get pods -n NAMESPACE`); once they are ready, run again.",
    ),
    Rule(
        r"not a valid chart repository or cannot be reached|failed to (fetch|download) \"?(https?|oci)://|failed to perform \"",
        "The chart could not be fetched. See whether this machine reaches its repository (network, HTTPS_PROXY behind a proxy), or name a "
        "mirror (charts.mirror), then run again.",
    ),
    Rule(
        r"getting credentials: exec: ",
        "The kubeconfig asks a program for credentials (doctl, where cluster.credentials says so), and that failed: see that it is on PATH "
        "and logged in (`doctl auth init`, then `doctl account get`), then run again.",
    ),
    Rule(
        UNREACHABLE,
        "The cluster's API server does not answer. Nothing is lost: what was made until now is in the state. See whether the cluster runs "
        "(its page at the cloud) and whether you reach it (`kubectl get --raw /readyz`: network, VPN, firewall), then run the same "
        "command again. `quayside preview {stack}` looks first. PULUMI_K8S_DELETE_UNREACHABLE, which the plugin suggests, is for a cluster that "
        "is gone for good: it forgets what is there.",
        unless=OF_PODS,
    ),
    Rule(
        r"allocated timeout.*(context deadline exceeded|timed out waiting for the condition)",
        "Not all that the chart makes was ready in time. `kubectl get pods -n {namespace}` shows what is not, `kubectl describe` of it why; "
        "mend that and run again.",
    ),
    Rule(
        r"exceeded quota: ",
        "A ResourceQuota of namespace {namespace} is used up: raise it (`kubectl describe resourcequota -n {namespace}`), or ask for less "
        "(replicas, requests, limits), then run again.",
    ),
    Rule(
        r"forbidden: User ",
        "The credentials may enter the cluster but not do this: give that user the role that the error names, or use the kubeconfig of an "
        "administrator, then run again.",
        unless=OF_PODS,
    ),
    Rule(
        r"Duplicate value|conflict.*with \"pulumi-kubernetes-",
        "An earlier run of this stack was killed and still owns some of these fields. `quayside recover {stack}` gives them to this one; then "
        "run again. Where no run was killed, two items of the object have the same name, or another stack has an object of this name.",
    ),
    Rule(
        r"Apply failed with \d+ conflict|field manager conflict|conflict with \"",
        "Something of this name is in the cluster and was written by somebody else, who the error names. Where it is nobody's any more, "
        "delete it and run again; where it is to be this stack's, give ours the annotation pulumi.com/patchForce: \"true\" (a service's "
        "`patches`, metadata.annotations): the plugin reads it there, not in the cluster. Otherwise write another name.",
    ),
    Rule(
        r"because it is being terminated|object is being deleted",
        "What it stands in is being deleted still. `kubectl get namespaces` shows when it is gone; then run again.",
    ),
)
