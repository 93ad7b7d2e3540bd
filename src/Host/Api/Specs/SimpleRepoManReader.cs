using System.Collections.Immutable;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Images;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads a SimpleRepoMan: a list of images.</summary>
internal static class SimpleRepoManReader
{
    private const int MaxImages = 1000;

    private static readonly string[] Fields = ["type", "images"];
    private static readonly string[] ImageFields = ["name", "image_url", "image_hash"];

    public static SimpleRepoManSpec? Read(SpecValue value)
    {
        if (value.AsObject(Fields) is not { } repoMan)
            return null;
        var images = ImmutableArray.CreateBuilder<DesiredImage>();
        foreach (var element in repoMan.Required("images")?.AsArray(MaxImages) ?? [])
        {
            if (element.AsObject(ImageFields) is { } image)
                images.Add(ReadImage(image));
        }
        return new SimpleRepoManSpec(images.ToImmutable());
    }

    private static DesiredImage ReadImage(SpecObject image)
    {
        var name = image.Required("name")?.AsText(SpecRules.DisplayName);
        var url = image.Required("image_url")?.AsText(SpecRules.ImageUrl);
        var hash = image.OptionalOrNull("image_hash");
        var digest = hash?.AsText(SpecRules.Digest);
        if (digest is not null && url is not null && ImageReference.Parse(url).Digest is { } inUrl && inUrl != digest)
            hash!.Value.Fault("must equal the digest in image_url, where that has one");
        return new DesiredImage(url ?? "", digest, name ?? "");
    }
}
