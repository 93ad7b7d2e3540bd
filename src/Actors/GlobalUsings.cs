// The actor runtime that the actors are compiled against (design, section 4).
global using CacheMachine.Runtime.Actor;
global using CacheMachine.Runtime.Event;
global using CacheMachine.Runtime.Pattern;
global using CacheMachine.Runtime.Persistence;
global using CacheMachine.Runtime.Sharding;
