// The operator of greetings on controller-runtime: a ConfigMap, a Service and a Deployment each, and a status.
package main

import (
	"context"
	"flag"
	"os"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// Greeting is what is reconciled.
type Greeting struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              struct {
		Text string `json:"text"`
	} `json:"spec"`
	Status struct {
		ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	} `json:"status,omitempty"`
}

// GreetingList is a list of them.
type GreetingList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Greeting `json:"items"`
}

func (g *Greeting) DeepCopyObject() runtime.Object {
	out := *g
	g.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	return &out
}

func (l *GreetingList) DeepCopyObject() runtime.Object {
	out := *l
	out.Items = make([]Greeting, len(l.Items))
	for i := range l.Items {
		out.Items[i] = *l.Items[i].DeepCopyObject().(*Greeting)
	}
	return &out
}

type reconciler struct {
	client.Client
	scheme *runtime.Scheme
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var greeting Greeting
	if err := r.Get(ctx, request.NamespacedName, &greeting); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	meta := metav1.ObjectMeta{Name: request.Name, Namespace: request.Namespace}
	labels := map[string]string{"app": request.Name}

	settings := &corev1.ConfigMap{ObjectMeta: meta}
	service := &corev1.Service{ObjectMeta: meta}
	deployment := &appsv1.Deployment{ObjectMeta: meta}
	steps := []struct {
		object client.Object
		mutate func()
	}{
		{settings, func() { settings.Data = map[string]string{"text": greeting.Spec.Text} }},
		{service, func() {
			service.Spec.Selector = labels
			service.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 80, Protocol: corev1.ProtocolTCP, TargetPort: service80(service)}}
		}},
		{deployment, func() {
			deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
			deployment.Spec.Template.Labels = labels
			if len(deployment.Spec.Template.Spec.Containers) == 0 {
				deployment.Spec.Template.Spec.Containers = []corev1.Container{{}}
			}
			container := &deployment.Spec.Template.Spec.Containers[0]
			container.Name, container.Image = "greeter", "greeter:1"
			container.Env = []corev1.EnvVar{{Name: "TEXT", Value: greeting.Spec.Text}}
		}},
	}
	for _, step := range steps {
		_, err := controllerutil.CreateOrUpdate(ctx, r.Client, step.object, func() error {
			step.mutate()
			return controllerutil.SetControllerReference(&greeting, step.object, r.scheme)
		})
		if err != nil {
			return ctrl.Result{}, err
		}
	}
	before := greeting.Status
	greeting.Status.ObservedGeneration = greeting.Generation
	if reflect.DeepEqual(before, greeting.Status) {
		return ctrl.Result{}, nil
	}
	return ctrl.Result{}, r.Status().Update(ctx, &greeting)
}

// service80 keeps what the API server filled in, so that nothing seems to differ.
func service80(service *corev1.Service) (port intstr.IntOrString) {
	if len(service.Spec.Ports) > 0 {
		return service.Spec.Ports[0].TargetPort
	}
	return intstr.FromInt32(80)
}

func main() {
	kubeconfig := flag.String("kubeconfigfile", "", "kubeconfig to use")
	namespace := flag.String("namespace", "default", "namespace that is watched")
	flag.Parse()
	log.SetLogger(zap.New())
	if err := run(*kubeconfig, *namespace); err != nil {
		log.Log.Error(err, "Ended")
		os.Exit(1)
	}
}

func run(kubeconfig, namespace string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	// As many as Tidegate's client allows itself: none.
	config.QPS = -1
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	group := schema.GroupVersion{Group: "bench.tidegate.dev", Version: "v1"}
	scheme.AddKnownTypes(group, &Greeting{}, &GreetingList{})
	metav1.AddToGroupVersion(scheme, group)
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                  scheme,
		LeaderElection:          true,
		LeaderElectionID:        "greetings",
		LeaderElectionNamespace: namespace,
		Cache:                   cache.Options{DefaultNamespaces: map[string]cache.Config{namespace: {}}},
		Metrics:                 server.Options{BindAddress: "0"},
	})
	if err != nil {
		return err
	}
	err = ctrl.NewControllerManagedBy(manager).
		For(&Greeting{}).
		Owns(&corev1.ConfigMap{}).
		Owns(&corev1.Service{}).
		Owns(&appsv1.Deployment{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: 8}).
		Complete(&reconciler{manager.GetClient(), scheme})
	if err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}
