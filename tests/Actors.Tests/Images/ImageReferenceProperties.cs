using CacheMachine.Actors.Images;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CacheMachine.Actors.Tests.Images;

public sealed class ImageReferenceProperties
{
    private static readonly Gen<string> Component = Text("abc019", 1, 6).Zip(
        Gen.Elements("", ".x", "_x", "__x", "-x", "--x0"), (head, tail) => head + tail);

    private static readonly Gen<string> Path = Component.NonEmptyListOf().Select(parts => string.Join('/', parts.Take(4)));

    private static readonly Gen<string> Domain = Gen.Elements(
        "", "docker.io/", "index.docker.io/", "registry.hub.docker.com/", "localhost/", "host:5000/", "A.b-c.io/", "10.0.0.1:80/");

    private static readonly Gen<string> Tag = Gen.OneOf(
        Gen.Constant(""),
        Text("abAB09_", 1, 1).Zip(Text("abAB09_.-", 0, 127), (first, rest) => $":{first}{rest}"));

    private static readonly Gen<string> Digest = Gen.OneOf(
        Gen.Constant(""), Text("0123456789abcdef", 64, 64).Select(hex => "@sha256:" + hex));

    private static readonly Arbitrary<string> Valid = Domain
        .Zip(Path, (domain, path) => domain + path)
        .Zip(Tag, (name, tag) => name + tag)
        .Zip(Digest, (name, digest) => name + digest)
        .ToArbitrary();

    [Fact]
    public void Whatever_follows_the_grammar_parses_and_its_normalised_form_parses_to_itself() =>
        Prop.ForAll(Valid, text =>
        {
            var reference = ImageReference.Parse(text);
            var again = ImageReference.Parse(reference.ToString());
            return reference == again
                && reference.GetHashCode() == again.GetHashCode()
                && again.ToString() == reference.ToString();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_normalised_reference_has_a_tag_or_a_digest_and_keeps_those_of_its_text() =>
        Prop.ForAll(Valid, text =>
        {
            var reference = ImageReference.Parse(text);
            var suffix = (reference.Tag is null ? "" : ":" + reference.Tag) + (reference.Digest is null ? "" : "@" + reference.Digest);
            return suffix.Length > 0 && (text + ":latest").Contains(suffix, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_default_registry_may_be_left_out() =>
        Prop.ForAll(
            Path.Where(path => !path.Split('/')[0].Contains('.', StringComparison.Ordinal)).ToArbitrary(),
            path => ImageReference.Parse(path) == ImageReference.Parse("docker.io/" + path)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_either_parses_stably_or_says_why_not() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
            ImageReference.TryParse(text, out var reference, out var error)
                ? error.Length == 0 && ImageReference.Parse(reference.ToString()) == reference
                : error.Length > 0).QuickCheckThrowOnFailure();

    private static Gen<string> Text(string alphabet, int min, int max) =>
        Gen.Choose(min, max).SelectMany(length => Gen.Elements(alphabet.ToCharArray()).ArrayOf(length)).Select(chars => new string(chars));
}
