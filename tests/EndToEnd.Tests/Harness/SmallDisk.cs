using System.Diagnostics;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>A file system of 2 MB in memory. Making one needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Filler = "filler";

    private SmallDisk(string path) => Path = path;

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Mounts one.</summary>
    public static SmallDisk Mount()
    {
        var path = Directory.CreateTempSubdirectory("cachemachine-disk-").FullName;
        var (code, errors) = Run("mount", "-t", "tmpfs", "-o", "size=2m,mode=777", "tmpfs", path);
        if (code == 0)
            return new SmallDisk(path);
        Directory.Delete(path);
        throw new InvalidOperationException($"mount: {errors}");
    }

    /// <summary>Why there can be none here; null: there can.</summary>
    public static string? Hindrance()
    {
        if (!OperatingSystem.IsLinux())
            return "it needs Linux";
        try
        {
            Mount().Dispose();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"it needs to mount a file system, as root: {e.Message.Trim()}";
        }
    }

    /// <summary>No byte is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(System.IO.Path.Combine(Path, Filler), FileMode.Create);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // It is full, which is what is wanted.
        }
    }

    /// <summary>There is room again.</summary>
    public void Free() => File.Delete(System.IO.Path.Combine(Path, Filler));

    public void Dispose()
    {
        // Lazily: a file may be open for a moment longer.
        var (code, errors) = Run("umount", "-l", Path);
        if (code != 0)
            throw new InvalidOperationException($"umount: {errors}");
        Directory.Delete(Path);
    }

    private static (int Code, string Errors) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}

/// <summary>A test that fills a disk; left out, by name and with the reason, where that cannot be done.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Hindrance = new(SmallDisk.Hindrance);

    public override string Skip
    {
        get => Hindrance.Value!;
        set => base.Skip = value;
    }
}
