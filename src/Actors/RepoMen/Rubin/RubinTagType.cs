namespace CacheMachine.Actors.RepoMen.Rubin;

/// <summary>What kind of build a tag names, by the tag format of https://sqr-059.lsst.io.</summary>
public enum RubinTagType
{
    /// <summary>Anything that no rule recognises.</summary>
    Unknown,

    /// <summary>For example <c>d_2021_05_13</c>.</summary>
    Daily,

    /// <summary>For example <c>w_2021_13</c>.</summary>
    Weekly,

    /// <summary>For example <c>r22_0_1</c>, or the obsolete form <c>r170</c>.</summary>
    Release,

    /// <summary>For example <c>r23_0_0_rc1</c>.</summary>
    ReleaseCandidate,

    /// <summary>For example <c>exp_w_2021_13_nosudo</c>.</summary>
    Experimental,

    /// <summary>A tag that moves from image to image, such as <c>recommended</c>; only configuration makes a tag one.</summary>
    Alias,
}
