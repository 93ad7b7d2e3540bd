using CacheMachine.Actors.Specs;
using CacheMachine.Host.Api.Specs;

namespace CacheMachine.Host.Startup;

/// <summary>A file of the machines directory.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Spec">The machine; null for a file that is none.</param>
/// <param name="Fault">All that is wrong with it; null: nothing.</param>
internal sealed record MachineFile(string Path, MachineSpec? Spec, string? Fault);

/// <summary>The machines directory, as the old service had it: each file is the body of a POST.</summary>
internal static class MachineFiles
{
    /// <summary>Every file in the order of the names. A mounted ConfigMap has hidden ones of its own besides, which are left out.</summary>
    /// <param name="directory">It may be missing.</param>
    public static IEnumerable<MachineFile> Read(string directory)
    {
        if (!Directory.Exists(directory))
            return [];
        try
        {
            var files = Directory.EnumerateFiles(directory).Where(file => !Path.GetFileName(file).StartsWith('.'));
            return [.. files.Order(StringComparer.Ordinal).Select(ReadFile)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new MachineFile(directory, null, e.Message)];
        }
    }

    private static MachineFile ReadFile(string path)
    {
        try
        {
            var read = MachineSpecReader.Read(File.ReadAllBytes(path));
            var faults = read.Faults.Select(fault => $"{fault.Field} = {fault.Value}: {fault.Rule}");
            return new MachineFile(path, read.Spec, read.Spec is null ? read.NotJson ?? string.Join("; ", faults) : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new MachineFile(path, null, e.Message);
        }
    }
}
