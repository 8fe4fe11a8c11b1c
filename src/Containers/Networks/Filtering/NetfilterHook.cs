namespace Appliance.Containers.Networks.Filtering;

/// <summary>Where on a packet's way a chain is asked.</summary>
internal enum NetfilterHook
{
    /// <summary>It came in, and nobody has decided where to.</summary>
    Prerouting = 0,

    /// <summary>It is for this host.</summary>
    Input = 1,

    /// <summary>It is passed on.</summary>
    Forward = 2,

    /// <summary>It is about to leave.</summary>
    Postrouting = 4,
}
