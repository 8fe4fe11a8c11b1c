namespace Appliance.Metadata.Identity;

/// <summary>Where a token flow stands. The numbers are stored: never change one.</summary>
public enum TokenFlowState
{
    /// <summary>Nobody has decided yet.</summary>
    Pending = 0,

    /// <summary>A person allowed it; the waiting client may take its token.</summary>
    Approved = 1,

    /// <summary>A person refused it.</summary>
    Refused = 2,

    /// <summary>The token has been used, so its secret is no longer replaced.</summary>
    Closed = 3,
}
