using System.Reflection;
using System.Runtime.CompilerServices;

namespace CacheMachine.Host.Tests.Runtimes;

/// <summary>
/// The built-in runtime is the part of Akka.NET's API that the actors, the service and the test kit use, and nothing besides. What is used without being named:
/// the types in the signatures of what is used; the cases of a type that is used, as those of <c>AppendResult</c>; the interfaces of a class that is used, with all their
/// members, because the class is what it is by having them (the stores are <c>IEventStore</c>, <c>IJournal</c> and <c>ISnapshotStore</c>).
/// </summary>
public sealed class RuntimeSurfaceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Runtime = typeof(Runtime.Actor.ActorSystem).Assembly;

    private static readonly Assembly[] Users =
        [typeof(Actors.CacheMachines.CacheMachineActor).Assembly, typeof(Service).Assembly, typeof(CacheMachine.Runtime.TestKit.VirtualTimeProvider).Assembly];

    private static readonly UsedMembers Used = new(Runtime.GetName().Name!, Users.Select(user => user.Location));

    private static readonly HashSet<MethodInfo> Overridden = [.. Users.SelectMany(user => user.GetTypes())
        .SelectMany(type => type.GetMethods(Declared)).Where(method => method.IsVirtual && method.GetBaseDefinition() != method).SelectMany(Bases)];

    private static readonly Type[] Implementations = [.. Users.SelectMany(user => user.GetTypes()).Where(type => !type.IsInterface)];

    private static readonly HashSet<Type> UsedTypes = AllUsed();

    [Fact]
    public void The_runtime_offers_nothing_that_nobody_uses()
    {
        string[] unused = [.. Runtime.GetExportedTypes().SelectMany(Unused).Order(StringComparer.Ordinal)];
        Assert.True(unused.Length == 0, "public and used by nobody: " + string.Join(", ", unused));
    }

    [Fact]
    public void A_member_that_nothing_uses_would_be_found()
    {
        Assert.False(Used.Uses("CacheMachine.Runtime.Actor.IActorContext", "get_NoSuchThing"));
        Assert.True(Used.Uses("CacheMachine.Runtime.Actor.IActorContext", "get_System"));
    }

    private static IEnumerable<string> Unused(Type type)
    {
        var name = type.FullName!;
        // The names of an enum's values are not in the metadata of those who use them; a delegate has its members from the compiler.
        if (type.IsEnum || typeof(Delegate).IsAssignableFrom(type))
            return [];
        if (!UsedTypes.Contains(type) && !type.GetNestedTypes().Any(UsedTypes.Contains))
            return [Short(name)];
        return type.GetMembers(Declared)
            .Where(member => IsVisible(member) && !IsShape(type, member) && !IsFromOutside(type, member))
            .Where(member => !Names(member).Any(member => Used.Uses(name, member)))
            .Select(member => $"{Short(name)}.{member.Name}")
            .Distinct();
    }

    private static HashSet<Type> AllUsed()
    {
        var exported = Runtime.GetExportedTypes();
        HashSet<Type> used = [.. exported.Where(type => Used.Uses(type.FullName!))];
        var open = new Queue<Type>(used);
        while (open.TryDequeue(out var one))
        {
            foreach (var type in NamedBy(one).Concat(exported.Where(type => type.IsNested && type.BaseType == one)).Where(type => exported.Contains(type) && used.Add(type)))
                open.Enqueue(type);
        }
        return used;
    }

    // Types that stand in what is used must be public as well: parameters, results, bases, interfaces.
    private static IEnumerable<Type> NamedBy(Type one) => one.GetMethods(Declared).Where(method => Used.Uses(one.FullName!, method.Name) || one.IsInterface)
        .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)).SelectMany(Parts)
        .Concat(one.GetInterfaces()).Concat(one.BaseType is null ? [] : [one.BaseType]);

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
        : [type];

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase { IsStatic: true, IsConstructor: true } => false,
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && (!method.IsSpecialName || method.IsConstructor),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(accessor => accessor.IsPublic || accessor.IsFamily || accessor.IsFamilyOrAssembly),
        FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsLiteral,
        _ => false,
    };

    // The constructor and the properties of a record or of an exception are what it is, used or not; so are the constructors of abstract classes.
    private static bool IsShape(Type type, MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute)) || type.GetMethod("<Clone>$", Declared) is not null || typeof(Exception).IsAssignableFrom(type)
        || (member is ConstructorInfo && type.IsAbstract);

    // What is inherited, what others override or implement, and what is here to implement an interface that others call.
    private static bool IsFromOutside(Type type, MemberInfo member)
    {
        var methods = member is PropertyInfo property ? property.GetAccessors(nonPublic: true) : member is MethodInfo method ? [method] : [];
        return (type.IsInterface && (Implementations.Any(type.IsAssignableFrom) || UsedTypes.Any(used => used.IsClass && type.IsAssignableFrom(used))))
            || methods.Any(m => m.GetBaseDefinition() != m || Overridden.Contains(m))
            || (!type.IsInterface && type.GetInterfaces().Any(one => type.GetInterfaceMap(one).TargetMethods.Intersect(methods).Any()));
    }

    private static IEnumerable<MethodInfo> Bases(MethodInfo method)
    {
        for (var type = method.DeclaringType!.BaseType; type is not null; type = type.BaseType)
        {
            if (type.GetMethods(Declared).FirstOrDefault(m => m.Name == method.Name && m.IsVirtual) is { } overridden)
                yield return overridden;
        }
    }

    private static IEnumerable<string> Names(MemberInfo member) =>
        member is PropertyInfo property ? property.GetAccessors(nonPublic: true).Select(accessor => accessor.Name) : [member is ConstructorInfo ? ".ctor" : member.Name];

    private static string Short(string name) => name["CacheMachine.Runtime.".Length..];
}
