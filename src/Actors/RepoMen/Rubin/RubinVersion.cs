using System.Numerics;

namespace CacheMachine.Actors.RepoMen.Rubin;

/// <summary>
/// The semantic version that a release, release candidate, weekly or daily tag carries: <c>w_2021_13</c> is 2021.13.0.
/// Precedence is that of https://semver.org: a prerelease comes before its release, and build metadata does not count,
/// so two cycle builds of one weekly are equal. Numbers have no upper bound, as a tag's digits have none.
/// </summary>
/// <param name="Major">Release major, or year.</param>
/// <param name="Minor">Release minor, week, or month.</param>
/// <param name="Patch">Release patch, 0 for a weekly, or day.</param>
/// <param name="Prerelease"><c>rc</c> and digits for a release candidate, else null. One alphanumeric identifier: <c>rc10</c> comes before <c>rc2</c>.</param>
public sealed record RubinVersion(BigInteger Major, BigInteger Minor, BigInteger Patch, string? Prerelease)
{
    /// <summary>Below zero when this version precedes the other, zero when neither does.</summary>
    public int CompareTo(RubinVersion other)
    {
        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (order != 0) return order;
        if (Prerelease is null || other.Prerelease is null) return (Prerelease is null).CompareTo(other.Prerelease is null);
        return string.CompareOrdinal(Prerelease, other.Prerelease);
    }
}
