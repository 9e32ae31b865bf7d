"""The operator of greetings on kopf: a ConfigMap, a Service and a Deployment each, and a status."""

import kopf
import kubernetes
from kubernetes.dynamic import DynamicClient

KINDS = ("v1/ConfigMap", "v1/Service", "apps/v1/Deployment")
resources = {}


@kopf.on.startup()
def start(settings, **_):
    settings.execution.max_workers = 8
    kubernetes.config.load_kube_config()
    client = DynamicClient(kubernetes.client.ApiClient())
    for kind in KINDS:
        version, name = kind.rsplit("/", 1)
        resources[name] = client.resources.get(api_version=version, kind=name)


@kopf.on.resume("bench.tidegate.dev", "v1", "greetings")
@kopf.on.create("bench.tidegate.dev", "v1", "greetings")
@kopf.on.update("bench.tidegate.dev", "v1", "greetings")
def reconcile(spec, meta, name, namespace, patch, **_):
    children = objects(name, spec["text"])
    kopf.adopt(children)
    for child in children:
        resource = resources[child["kind"]]
        resource.server_side_apply(body=child, namespace=namespace, field_manager="kopf")
    patch.status["observedGeneration"] = meta["generation"]


def objects(name, text):
    labels = {"app": name}
    container = {"name": "greeter", "image": "greeter:1", "env": [{"name": "TEXT", "value": text}]}
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"text": text}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {"selector": labels, "ports": [{"name": "http", "port": 80}]},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        },
    ]
