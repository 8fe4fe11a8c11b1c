namespace Appliance.Objects;

/// <summary>What to do about an object that a client asks for by name.</summary>
public enum CreationMode
{
    /// <summary>It must be there.</summary>
    LookUp,

    /// <summary>It is made when it is not there.</summary>
    CreateIfMissing,

    /// <summary>It must not be there, and is made.</summary>
    CreateNew,

    /// <summary>It is made, in the place of one of the same name.</summary>
    Overwrite,

    /// <summary>A new one without a name, which goes when its app goes.</summary>
    OwnedByApp,

    /// <summary>A new one without a name, which goes when its heartbeats stop.</summary>
    Ephemeral,
}
