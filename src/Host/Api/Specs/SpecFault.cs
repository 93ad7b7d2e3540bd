namespace CacheMachine.Host.Api.Specs;

/// <summary>Something in a body that breaks a rule.</summary>
/// <param name="Field">Path of the field: <c>repomen[1].images[0].image_url</c>; <c>$</c> for the whole body.</param>
/// <param name="Value">What was given, shortened, objects and arrays by their kind only; null when nothing was given.</param>
/// <param name="Rule">What is allowed; ends a sentence that begins with the field.</param>
public sealed record SpecFault(string Field, string? Value, string Rule);
