using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace CacheMachine.Host.Tests.Runtimes;

/// <summary>Which types and members of one assembly others refer to, by their metadata.</summary>
internal sealed class UsedMembers
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly string _assembly;

    /// <param name="assembly">The one that is used.</param>
    /// <param name="users">Files of those that use it.</param>
    public UsedMembers(string assembly, IEnumerable<string> users)
    {
        _assembly = assembly;
        foreach (var file in users)
        {
            using var stream = File.OpenRead(file);
            using var pe = new PEReader(stream);
            Read(pe.GetMetadataReader());
        }
    }

    /// <param name="type">Namespace, outer types and name, as in <see cref="Type.FullName"/>.</param>
    public bool Uses(string type) => _used.Contains(type);

    /// <param name="type">As in <see cref="Type.FullName"/>.</param>
    /// <param name="member">As in the metadata: get_Name for a property.</param>
    public bool Uses(string type, string member) => _used.Contains($"{type}::{member}");

    private void Read(MetadataReader reader)
    {
        foreach (var handle in reader.TypeReferences)
        {
            if (NameOf(reader, handle) is { } type)
                _used.Add(type);
        }
        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            if (TypeOf(reader, member.Parent) is { } type)
                _used.Add($"{type}::{reader.GetString(member.Name)}");
        }
    }

    private string? TypeOf(MetadataReader reader, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => NameOf(reader, (TypeReferenceHandle)parent),
        HandleKind.TypeSpecification => GenericOf(reader, reader.GetTypeSpecification((TypeSpecificationHandle)parent)),
        _ => null,
    };

    // ELEMENT_TYPE_GENERICINST, class or value type, then the generic type itself (ECMA-335, II.23.2.12).
    private string? GenericOf(MetadataReader reader, TypeSpecification specification)
    {
        var blob = reader.GetBlobReader(specification.Signature);
        if (blob.ReadByte() != (byte)SignatureTypeCode.GenericTypeInstance)
            return null;
        blob.ReadByte();
        return blob.ReadTypeHandle() is { Kind: HandleKind.TypeReference } type ? NameOf(reader, (TypeReferenceHandle)type) : null;
    }

    private string? NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name);
        return type.ResolutionScope.Kind switch
        {
            HandleKind.TypeReference => NameOf(reader, (TypeReferenceHandle)type.ResolutionScope) is { } outer ? $"{outer}+{name}" : null,
            HandleKind.AssemblyReference when reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == _assembly =>
                $"{reader.GetString(type.Namespace)}.{name}",
            _ => null,
        };
    }
}
