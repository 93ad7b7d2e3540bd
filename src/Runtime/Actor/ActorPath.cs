using System.Text.RegularExpressions;

namespace CacheMachine.Runtime.Actor;

/// <summary>
/// Where an actor is in the tree, as <c>akka://SYSTEM/user/parent/child</c>. Stands for <c>Akka.Actor.ActorPath</c>. Equality is that
/// of the names; the incarnation does not count, as in Akka.NET (references compare it).
/// </summary>
internal sealed partial class ActorPath : IEquatable<ActorPath>
{
    private readonly ActorPath? _parent;
    private readonly int _hash;

    /// <summary>A root: the address is <c>akka://SYSTEM</c>.</summary>
    internal ActorPath(string address)
    {
        Address = address;
        Name = "/";
        _hash = string.GetHashCode(address, StringComparison.Ordinal);
    }

    internal ActorPath(ActorPath parent, string name, long uid = 0)
    {
        _parent = parent;
        Address = parent.Address;
        Name = name;
        Uid = uid;
        _hash = HashCode.Combine(parent._hash, string.GetHashCode(name, StringComparison.Ordinal));
    }

    /// <summary>Stands for <c>Akka.Actor.ActorPath.Name</c>: the last element; <c>/</c> for the root.</summary>
    public string Name { get; }

    /// <summary>Stands for <c>Akka.Actor.ActorPath.Parent</c>; the root is its own parent.</summary>
    public ActorPath Parent => _parent ?? this;

    internal string Address { get; }

    /// <summary>The incarnation: no two actors of a process have the same one.</summary>
    internal long Uid { get; }

    /// <summary>Stands for <c>Akka.Actor.ActorPath.Equals</c>.</summary>
    public bool Equals(ActorPath? other)
    {
        if (other is null || _hash != other._hash || Address != other.Address) return false;
        ActorPath? a = this, b = other;
        while (!ReferenceEquals(a, b))
        {
            if (a is null || b is null || a.Name != b.Name) return false;
            (a, b) = (a._parent, b._parent);
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ActorPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>Stands for <c>Akka.Actor.ActorPath.ToString</c>: the whole path, without the incarnation.</summary>
    public override string ToString() => _parent is null ? Address + "/"
        : _parent._parent is null ? string.Concat(Address, "/", Name)
        : string.Concat(_parent.ToString(), "/", Name);

    /// <summary>Throws unless the name can be given to an actor; the grammar is Akka's (RFC 2396 path segments, no leading $).</summary>
    /// <exception cref="InvalidActorNameException">The name is empty, starts with $, or has a character that is not allowed.</exception>
    internal static void CheckName(string name)
    {
        if (name.Length == 0) throw new InvalidActorNameException("An actor name must not be empty.");
        if (name[0] == '$') throw new InvalidActorNameException($"The actor name '{name}' must not start with $: such names are generated.");
        if (!NameGrammar().IsMatch(name))
            throw new InvalidActorNameException(
                $"The actor name '{name}' is not valid: ASCII letters, digits, -_.*$+:@&=,!~';() and %HH are allowed.");
    }

    [GeneratedRegex(@"\A(?:[-\w.*$+:@&=,!~';()]|%[0-9a-fA-F]{2})+\z", RegexOptions.ECMAScript)]
    private static partial Regex NameGrammar();
}
