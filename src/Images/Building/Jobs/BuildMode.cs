namespace Appliance.Images.Building.Jobs;

/// <summary>What to do about an image that was built before from the same definition.</summary>
public enum BuildMode
{
    /// <summary>It is the answer.</summary>
    UseCache,

    /// <summary>It is built again, and the new image takes its place.</summary>
    Replace,

    /// <summary>It is built again, and stays what the definition stands for.</summary>
    Ignore,
}
