using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads <c>SimpleRepoMan</c>: a list of images.</summary>
internal static class SimpleRepoManReader
{
    private const int MaxImages = 1000;

    private static readonly ImmutableArray<string> Fields = [RepoManReader.TypeField, "images"];
    private static readonly ImmutableArray<string> ImageFields = ["name", "image_url", "image_hash"];

    public static RepoManSpec? Read(SpecValue value, SpecPolicy policy) => value.Object(Fields) is { } simple
        ? new SimpleRepoManSpec(
            simple.Required("images")?.List(0, MaxImages, json => Image(json, policy)).OfType<DesiredImage>().ToImmutableArray() ?? [])
        : null;

    private static DesiredImage? Image(SpecValue value, SpecPolicy policy)
    {
        if (value.Object(ImageFields) is not { } image)
            return null;
        var name = image.Required("name")?.Text(SpecRules.DisplayName) ?? "";
        var url = image.Required("image_url")?.Text(text => SpecRules.Image(text) ?? policy.Image(text)) ?? "";
        // The old service writes "" where there is no digest.
        var hash = image.Optional("image_hash")?.Text(text => text.Length == 0 ? null : SpecRules.Digest(text));
        if (hash is "")
            hash = null;
        if (hash is not null && ImageReference.TryParse(url, out var reference, out _) && reference.Digest is { } digest && digest != hash)
            image.Refuse("image_hash", "must be the digest that image_url has, or be left out");
        return new DesiredImage(url, hash, name);
    }
}
