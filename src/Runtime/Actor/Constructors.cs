using System.Linq.Expressions;
using System.Reflection;

namespace CacheMachine.Runtime.Actor;

/// <summary>Finds constructors by arguments, and arguments in expressions, for <see cref="Props"/>.</summary>
internal static class Constructors
{
    /// <exception cref="MissingMethodException">No constructor, or more than one, takes these arguments.</exception>
    internal static ConstructorInfo Find(Type type, object?[] arguments)
    {
        var fitting = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(one => Fits(one.GetParameters(), arguments))
            .ToList();
        return fitting.Count == 1 ? fitting[0] : throw new MissingMethodException(
            $"{(fitting.Count == 0 ? "No constructor" : "More than one constructor")} of {type} takes the arguments " +
            $"({string.Join(", ", arguments.Select(one => one?.GetType().ToString() ?? "null"))}).");
    }

    /// <summary>The value of a constructor's argument. What is usual (constants, captured variables, members) needs no compilation.</summary>
    internal static object? Evaluate(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field } member => field.GetValue(member.Expression is { } of ? Evaluate(of) : null),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)(),
    };

    private static bool Fits(ParameterInfo[] parameters, object?[] arguments)
    {
        if (parameters.Length != arguments.Length) return false;
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            var fits = arguments[i] is { } argument
                ? type.IsInstanceOfType(argument)
                : !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
            if (!fits) return false;
        }

        return true;
    }
}
