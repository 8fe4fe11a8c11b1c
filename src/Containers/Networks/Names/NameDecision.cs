namespace Appliance.Containers.Networks.Names;

/// <summary>What to do with a container's question for a name.</summary>
internal enum NameDecision
{
    /// <summary>It may ask nothing.</summary>
    Refuse,

    /// <summary>For it, the name does not exist.</summary>
    Hide,

    /// <summary>Answer it.</summary>
    Resolve,

    /// <summary>Answer it, and let the container reach what the answer says.</summary>
    ResolveAndOpen,
}
