using System.Text;

namespace CacheMachine.Host.Kubernetes.Calls;

/// <summary>What is asked of the API server, in the terms of its audit log and of RBAC.</summary>
/// <param name="Verb">The RBAC verb: get, list, watch, create, update, patch, delete.</param>
/// <param name="Resource">Plural resource with its group, as RBAC writes it: <c>pods</c>, <c>daemonsets.apps</c>.</param>
/// <param name="Namespace">Null for a resource of the whole cluster.</param>
/// <param name="Name">Null for list and watch.</param>
internal sealed record ApiOperation(string Verb, string Resource, string? Namespace = null, string? Name = null)
{
    /// <summary>True when asking again cannot change anything on the server.</summary>
    public bool ReadsOnly => Verb is "get" or "list" or "watch";

    /// <summary>For example <c>create daemonsets.apps cachemachine/pull-1</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Verb).Append(' ').Append(Resource);
        if (Namespace is not null && Name is not null)
            text.Append(' ').Append(Namespace).Append('/').Append(Name);
        else if (Namespace is not null)
            text.Append(" in namespace ").Append(Namespace);
        else if (Name is not null)
            text.Append(' ').Append(Name);
        return text.ToString();
    }
}
