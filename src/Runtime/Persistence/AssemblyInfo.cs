using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("CacheMachine.Runtime.Tests")]
