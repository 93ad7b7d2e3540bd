using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("CacheMachine.Kubernetes.Tests")]
