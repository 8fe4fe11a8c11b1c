using System.Net;

namespace Appliance.Containers.Networks.Names;

/// <summary>Which names a container may have resolved.</summary>
internal interface INameRules
{
    /// <param name="container">The address that asks.</param>
    /// <param name="name">In lower case, without the dot at its end.</param>
    NameDecision Decide(IPAddress container, string name);

    /// <summary>Told what a name with <see cref="NameDecision.ResolveAndOpen"/> has led to, before the container is.</summary>
    void Open(IPAddress container, string name, IReadOnlyList<(IPAddress Address, TimeSpan Life)> addresses);
}
