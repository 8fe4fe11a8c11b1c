namespace Appliance.Images.Transfers;

/// <summary>The files of an image archive by their paths: a directory, or a tar file.</summary>
internal interface IImageFiles : IDisposable
{
    bool Exists(string path);

    /// <summary>Opens a file from its beginning.</summary>
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: the archive does not hold it.</exception>
    Stream Open(string path);

    /// <summary>Its length.</summary>
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: the archive does not hold it.</exception>
    long LengthOf(string path);
}
