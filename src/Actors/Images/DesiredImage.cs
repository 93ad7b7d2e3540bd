namespace CacheMachine.Actors.Images;

/// <summary>One image that a repository manager wants on every eligible node.</summary>
/// <param name="ImageUrl">The reference as its repository manager writes it, for example <c>registry.hub.docker.com/lsstsqre/sciplat-lab:w_2021_22</c>; not normalised.</param>
/// <param name="ImageHash">The manifest digest that must be present, <c>sha256:</c> and 64 hexadecimal digits; null when any digest is fine.</param>
/// <param name="Name">What a person reads in a menu.</param>
public sealed record DesiredImage(string ImageUrl, string? ImageHash, string Name);
