using CacheMachine.Actors.Images;

namespace CacheMachine.Actors.Machines.Model;

/// <summary>A desired image, ready to be compared.</summary>
/// <param name="Key">Its normalised name.</param>
/// <param name="Reference">Its normalised name, in parts.</param>
/// <param name="Digest">The digest that is wanted, or null: any.</param>
/// <param name="Image">As the repository manager named it.</param>
public sealed record WantedImage(string Key, ImageReference Reference, string? Digest, DesiredImage Image)
{
    /// <summary>Null for a name that is no image reference, which a registry's tag can make.</summary>
    public static WantedImage? Of(DesiredImage image) =>
        ImageReference.TryParse(image.ImageUrl, out var reference, out _)
            ? new(reference.ToString(), reference, image.ImageHash ?? reference.Digest, image)
            : null;
}
