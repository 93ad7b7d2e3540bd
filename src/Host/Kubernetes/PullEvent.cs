using CacheMachine.Actors.Pulling;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>Builds the event that tells an operator of a pull.</summary>
internal static class PullEvent
{
    /// <summary>The API server refuses events with longer messages (characters).</summary>
    public const int LongestMessage = 1024;

    /// <summary>The event.</summary>
    /// <param name="news">What is told.</param>
    /// <param name="ns">Our namespace.</param>
    /// <param name="workload">The workload that runs us, which it is about; null where there is none: then it is about the DaemonSet.</param>
    /// <param name="now">When.</param>
    public static Corev1Event Build(PullNews news, string ns, V1OwnerReference? workload, DateTimeOffset now)
    {
        // metav1.Time has whole seconds.
        var second = now.UtcDateTime.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerSecond));
        return new Corev1Event
        {
            ApiVersion = "v1",
            Kind = "Event",
            Metadata = new V1ObjectMeta { GenerateName = "cachemachine-", NamespaceProperty = ns },
            InvolvedObject = workload is null
                ? new V1ObjectReference { ApiVersion = "apps/v1", Kind = "DaemonSet", Name = news.Pull, NamespaceProperty = ns }
                : new V1ObjectReference
                {
                    ApiVersion = workload.ApiVersion,
                    Kind = workload.Kind,
                    Name = workload.Name,
                    NamespaceProperty = ns,
                    Uid = workload.Uid,
                },
            Reason = news.Reason,
            Message = news.Message.Length <= LongestMessage ? news.Message : news.Message[..(LongestMessage - 1)] + "…",
            Type = news.IsWarning ? "Warning" : "Normal",
            Source = new V1EventSource { Component = "cachemachine" },
            FirstTimestamp = second,
            LastTimestamp = second,
            Count = 1,
            ReportingComponent = "cachemachine",
        };
    }
}
