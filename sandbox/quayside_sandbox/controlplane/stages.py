"""What the simulated kubelets do: kwok's configuration, one Stage for each step in the life of a node or pod.

Pods that are to fail carry the annotation of failures.py and are left alone here, except for their deletion.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FAULT_ANNOTATION = "quayside-sandbox/fault"  # on a Pod: which failure it is to suffer
KUBELET_LABEL = "quayside-sandbox/kubelet"  # on a Node: 'running' while its kubelet is; a lost node has none
LONGEST_READINESS_DELAY = 2  # seconds; initialDelaySeconds beyond it would only make rehearsals slow

Stage = dict[str, Any]

NODE_CONDITIONS = """
{{ $now := Now }}
phase: Running
conditions:
- {type: MemoryPressure, status: "False", reason: KubeletHasSufficientMemory,
   message: kubelet has sufficient memory available, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
- {type: DiskPressure, status: "False", reason: KubeletHasNoDiskPressure,
   message: kubelet has no disk pressure, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
- {type: PIDPressure, status: "False", reason: KubeletHasSufficientPID,
   message: kubelet has sufficient PID available, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
- {type: Ready, status: "True", reason: KubeletReady,
   message: kubelet is posting ready status, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
"""

POD_RUNNING = """
{{ $now := Now }}
{{ $probed := false }}
{{ range .spec.containers }}{{ if .readinessProbe }}{{ if .readinessProbe.initialDelaySeconds }}{{ $probed = true }}{{ end }}{{ end }}{{ end }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
- {type: PodReadyToStartContainers, status: "True", lastTransitionTime: {{ $now | Quote }}}
- {type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ if $probed }}
- {type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}
- {type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}
{{ else }}
- {type: ContainersReady, status: "True", lastTransitionTime: {{ $now | Quote }}}
- {type: Ready, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ end }}
{{ range .spec.readinessGates }}
- {type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  restartCount: 0
  {{ if eq .restartPolicy "Always" }}
  started: true
  state: {running: {startedAt: {{ $now | Quote }}}}
  {{ else }}
  started: false
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}
  {{ end }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: {{ not $probed }}
  started: true
  restartCount: 0
  state: {running: {startedAt: {{ $now | Quote }}}}
{{ end }}
{{ with NodeIPsWith .spec.nodeName }}
hostIP: {{ index . 0 | Quote }}
hostIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
{{ if not .status.podIP }}
{{ with PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ index . 0 | Quote }}
podIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
{{ end }}
"""

POD_READY = """
{{ $now := Now }}
conditions:
- {type: ContainersReady, status: "True", reason: null, message: null, lastTransitionTime: {{ $now | Quote }}}
- {type: Ready, status: "True", reason: null, message: null, lastTransitionTime: {{ $now | Quote }}}
containerStatuses:
{{ range .status.containerStatuses }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  started: true
  restartCount: {{ or .restartCount 0 }}
  state: {running: {startedAt: {{ $now | Quote }}}}
{{ end }}
"""

POD_COMPLETE = """
{{ $now := Now }}
phase: Succeeded
conditions:
- {type: Initialized, status: "True", reason: PodCompleted, lastTransitionTime: {{ $now | Quote }}}
- {type: ContainersReady, status: "False", reason: PodCompleted, lastTransitionTime: {{ $now | Quote }}}
- {type: Ready, status: "False", reason: PodCompleted, lastTransitionTime: {{ $now | Quote }}}
containerStatuses:
{{ range .status.containerStatuses }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: {{ or .restartCount 0 }}
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ .state.running.startedAt | Quote }}, finishedAt: {{ $now | Quote }}}}
{{ end }}
"""

READY = '.status.conditions.[] | select( .type == "Ready" ) | .status'


def _is(key: str, *values: str) -> dict[str, Any]:
    return {"jq": {"key": key, "operator": "In", "values": list(values)}}


def _is_not(key: str, *values: str) -> dict[str, Any]:
    return {"jq": {"key": key, "operator": "NotIn", "values": list(values)}}


def _exists(key: str, wanted: bool = True) -> dict[str, Any]:
    return {"jq": {"key": key, "operator": "Exists" if wanted else "DoesNotExist"}}


def _stage(name: str, kind: str, where: list[dict[str, Any]], step: dict[str, Any], delay: dict[str, Any] | None = None) -> Stage:
    spec: dict[str, Any] = {
        "resourceRef": {"apiGroup": "v1", "kind": kind},
        "selector": {"matchExpressions": where},
        "steps": [step],
    }
    if delay:
        spec["delay"] = delay
    return {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "Stage", "metadata": {"name": name}, "spec": spec}


def _status(template: str) -> dict[str, Any]:
    return {"patch": {"subresource": "status", "root": "status", "type": "strategic", "template": template}}


def stages() -> list[Stage]:
    healthy = [_exists(".metadata.deletionTimestamp", False), _exists(f'.metadata.annotations["{FAULT_ANNOTATION}"]', False)]
    probes = "[.spec.containers[].readinessProbe.initialDelaySeconds // 0] | max"
    readiness = {"durationFrom": {"jq": {"expression": f'([({probes}), {LONGEST_READINESS_DELAY}] | min | tostring) + "s"'}}}
    return [
        _stage("node-ready", "Node", [_is_not(READY, "True")], _status(NODE_CONDITIONS)),
        _stage("pod-running", "Pod", [*healthy, _is(".status.phase", "Pending")], _status(POD_RUNNING)),
        _stage("pod-ready", "Pod", [*healthy, _is(".status.phase", "Running"), _is_not(READY, "True")], _status(POD_READY), readiness),
        # a pod that may end, ends: those of Jobs and of Helm's hooks, and whoever else says restartPolicy Never
        _stage(
            "pod-complete",
            "Pod",
            [*healthy, _is(".status.phase", "Running"), _is(READY, "True"), _is(".spec.restartPolicy", "OnFailure", "Never")],
            _status(POD_COMPLETE),
            {"durationMilliseconds": 200},
        ),
        _stage("pod-delete", "Pod", [_exists(".metadata.deletionTimestamp")], {"delete": True}),
    ]


def write_configuration(path: Path, *, port: int, certificate: Path, key: Path, logs: Path) -> None:
    """kwok's configuration file; `logs` is what every container is said to have written."""
    configuration = {
        "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
        "kind": "KwokConfiguration",
        "options": {
            "enableCRDs": [],
            "manageAllNodes": False,
            "manageNodesWithAnnotationSelector": "",
            "manageNodesWithLabelSelector": f"{KUBELET_LABEL}=running",
            "nodePort": port,
            "serverAddress": f"127.0.0.1:{port}",
            "tlsCertFile": str(certificate),
            "tlsPrivateKeyFile": str(key),
            "nodeLeaseDurationSeconds": 40,
            "nodeLeaseParallelism": 4,
            "nodePlayStageParallelism": 4,
            "podPlayStageParallelism": 8,
            "podsOnNodeSyncParallelism": 4,
            "enablePodsOnNodeSyncStreamWatch": True,
            "enableDebuggingHandlers": True,
            "enableProfilingHandler": False,
        },
    }
    logged = {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterLogs",
        "metadata": {"name": "all"},
        "spec": {"logs": [{"logsFile": str(logs), "previousLogsFile": str(logs), "follow": False}]},
    }
    path.write_text(yaml.safe_dump_all([configuration, logged, *stages()], sort_keys=False))
